Network n {
Layer l {
Type: CONV Stride { X: 1 Y: 1 } Dimensions { K: 3 C: 7 R: 5 S: 5 Y: 13 X: 10 } Dataflow { TemporalMap(1 1) K;TemporalMap(3 3) C;SpatialMap(6 2) Y;TemporalMap(6 1) X;Cluster(3 P);TemporalMap(11 7) Y;TemporalMap(8 1) X;SpatialMap(2 2) C;TemporalMap(5 5) R;TemporalMap(5 5) S;}
}
}
