Network n {
Layer l {
Type: CONV Dimensions { K: 1 C: 2 R: 1 S: 3 Y: 1 X: 4 } Dataflow { TemporalMap(1,3) C;SpatialMap(4,4) X;Cluster(1,P);TemporalMap(1,5) X;SpatialMap(3,3) S;}
}
}
