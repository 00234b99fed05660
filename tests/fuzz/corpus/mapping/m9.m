Network n {
Layer l {
Type: CONV Stride { X 1 Y 1 } Dimensions { N 1 K 128 C 1 R 64 S 1 Y 64 X 128 }
Dataflow { SpatialMap(2 1)K; TemporalMap(1 1)C; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; }
}
}
