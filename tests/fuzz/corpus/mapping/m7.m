Network n {
Layer l {
Type: DSCONV Stride { X 1 Y 1 } Dimensions { K 1 C 256 R 1 S 1 Y 56 X 56 }
Dataflow { TemporalMap(1 1)C; TemporalMap(Sz(R) 1)Y; SpatialMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; }
}
}
