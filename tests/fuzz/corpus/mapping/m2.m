Network n {
Layer l {
Type: CONV Stride { X 2 Y 2 } Dimensions { K 32 C 3 R 1 S 1 Y 224 X 224 }
Dataflow { SpatialMap(1 1)K; TemporalMap(64 64)C; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; Cluster(64 P); SpatialMap(1 1)C; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; }
}
}
