Network n {
Layer l {
Type: CONV Stride { X 2 Y 2 } Dimensions { K 64 C 3 R 7 S 7 Y 224 X 224 }
Dataflow { TemporalMap(1 1)K; TemporalMap(1 1)C; TemporalMap(Sz(R) 1)Y; SpatialMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; }
}
}
