Network n {
Layer l {
Type: DSCONV Stride { X: 2 Y: 2 } Dimensions { K: 66 C: 38 R: 5 S: 3 Y: 17 X: 14 } Dataflow { TemporalMap(5 1) Y;TemporalMap(6 4) X;SpatialMap(8 8) C;TemporalMap(5 5) R;TemporalMap(3 3) S;Cluster(1 P);TemporalMap(5 1) Y;TemporalMap(3 3) C;SpatialMap(4 2) X;}
}
}
