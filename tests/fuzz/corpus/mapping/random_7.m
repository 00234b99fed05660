Network n {
Layer l {
Type: NGCONV Stride { X: 1 Y: 1 } Dimensions { G: 2 K: 29 C: 6 R: 2 S: 3 Y: 28 X: 27 } Dataflow { TemporalMap(1 1) G;TemporalMap(8 7) Y;TemporalMap(2 2) C;TemporalMap(6 4) X;SpatialMap(1 1) K;}
}
}
