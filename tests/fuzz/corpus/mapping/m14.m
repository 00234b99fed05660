Network n {
Layer l {
Type: CONV Dimensions { K 64 C 64 R 3 S 3 Y 224 X 224 }
Dataflow { TemporalMap(1 1)K; TemporalMap(1 1)C; SpatialMap(Sz(R) 1)Y; TemporalMap(10 8)X; Cluster(8 P); SpatialMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(R) Sz(R))S; }
}
}
