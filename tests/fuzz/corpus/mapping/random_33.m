Network n {
Layer l {
Type: CONV Stride { X: 1 Y: 1 } Dimensions { K: 39 C: 17 R: 3 S: 1 Y: 14 X: 31 } Dataflow { TemporalMap(4 4) X;TemporalMap(3 3) R;TemporalMap(3 3) C;TemporalMap(1 1) S;TemporalMap(6 1) Y;SpatialMap(1 1) K;Cluster(1 P);TemporalMap(8 8) C;TemporalMap(9 7) Y;TemporalMap(1 1) K;TemporalMap(1 1) S;SpatialMap(1 1) X;TemporalMap(3 3) R;}
}
}
