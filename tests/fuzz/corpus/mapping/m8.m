Network n {
Layer l {
Type: CONV Stride { X 1 Y 1 } Dimensions { N 128 K 1536 C 1 R 1 S 512 Y 1 X 512 }
Dataflow { SpatialMap(1 1)K; TemporalMap(1 1)C; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; Cluster(1 P); SpatialMap(1 1)C; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; }
}
}
