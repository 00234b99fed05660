Network n {
Layer l {
Type: NGCONV Stride { X: 1 Y: 1 } Dimensions { G: 2 K: 63 C: 26 R: 5 S: 1 Y: 26 X: 36 } Dataflow { TemporalMap(1 1) S;TemporalMap(3 3) C;TemporalMap(1 1) K;SpatialMap(2 2) X';TemporalMap(1 1) Y';TemporalMap(5 5) R;Cluster(2 P);TemporalMap(3 3) G;TemporalMap(5 5) R;SpatialMap(1 1) C;TemporalMap(8 8) X';TemporalMap(1 1) S;}
}
}
