Network n {
Layer l {
Type: NGCONV Stride { X 1 Y 6 } Dimensions { M 32 K 4 C 228 R 3 S 3 Y 28 X 56 }
Dataflow { TemporalMap(1 1)G; TemporalMap(1 1)K; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; SpatialMap(1 1)C; }
}
}
