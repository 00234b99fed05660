Network n {
Layer l {
Type: CONV Stride { X 2 Y 2 } Dimensions { K 64 C 3 R 7 S 7 Y 224 X 224 }
Dataflow { TemporalMap(16 16)K; SpatialMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; TemporalMap(1 1)C; Cluster(16 P); SpatialMap(1 1)K; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; TemporalMap(Sz(R) 7)R; TemporalMap(Sz(S) 7)S; }
}
}
