Network n {
Layer l {
Type: NGCONV Stride { X: 1 Y: 1 } Dimensions { G: 8 K: 28 C: 29 R: 3 S: 3 Y: 22 X: 11 } Dataflow { TemporalMap(8 8) C;TemporalMap(3 1) X;SpatialMap(1 1) G;TemporalMap(3 3) R;TemporalMap(3 3) S;Cluster(1 P);TemporalMap(3 3) S;TemporalMap(3 3) R;TemporalMap(8 8) C;SpatialMap(3 1) Y;TemporalMap(3 1) X;}
}
}
