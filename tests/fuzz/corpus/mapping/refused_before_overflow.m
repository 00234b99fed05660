Network n {
Layer l {
Type: CONV Dimensions { K 64 C 8 R 3 S 3 Y 447 X 224 }
Dataflow { TemporalMap(8 2)K; TemporalMap(1 3)C; TemporalMap(3 3)R; SpatialMap(6 1)Y; TemporalMap(3 1)X; Cluster(8 P); SpatialMap(1 1)X; SpatialMap(772161 1)R; TemporalMap(3 3)S; }
}
}
