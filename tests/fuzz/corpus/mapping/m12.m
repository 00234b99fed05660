Network n {
Layer l {
Type: CONV Dimensions { K 64 C 3 R 3 S 3 Y 224 X 224 }
Dataflow { TemporalMap(2 2)K; TemporalMap(3 3)C; TemporalMap(3 3)R; SpatialMap(3 1)Y; TemporalMap(3 1)X; Cluster(3 P); SpatialMap(1 1)X; SpatialMap(1 1)R; TemporalMap(3 3)S; }
}
}
