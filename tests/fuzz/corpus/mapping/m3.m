Network n {
Layer l {
Type: DSCONV Stride { X 1 Y 1 } Dimensions { K 1 C 32 R 3 S 3 Y 112 X 112 }
Dataflow { SpatialMap(1 1)C; TemporalMap(Sz(R) 1)Y; TemporalMap(Sz(S) 1)X; TemporalMap(Sz(R) Sz(R))R; TemporalMap(Sz(S) Sz(S))S; }
}
}
