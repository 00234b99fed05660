Constant Rows 9;
Network n {
 Layer twice { Type: CONV Dimensions { K: 4, K: 4 } }
 Layer open { Type: DSCONV Dimensions { K: 2, C: 4, R: 1, S: 1, Y: 5, X: 5 }
  Dataflow { TemporalMap(1,1) K; SpatialMap(1,1) C;
 Layer good { Type: DSCONV Dimensions { K: 2, C: 4, R: 3, S: 1, Y: Rows, X: 5 }
  Dataflow { TemporalMap(1,1) K; SpatialMap(1,1) X; SpatialMap(1,1) S; TemporalMap(Sz(S),Sz(S)) S; } }
}
Network m { Layer l Type: GEMM }} Layer k { } }
