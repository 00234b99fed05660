// The five convolutions of AlexNet, four images, as the chip Eyeriss maps them (Chen et al., JSSC 52-1, 2017): sets of e columns of R PEs, of which r take other
// channels and t other filters at a time. A PE has q rows of the input and p x q rows of filters, and keeps the filters while a window slides along the row; sums of R
// x r PEs are added in the network and wait in the global buffer. That buffer holds m filters' sums of e rows. exact.md has what comes out beside what was measured.
//   CONV1     e 7   p 16  q 1  r 1  t 2  m 96: 11 x 7 x 2 = 154 PEs
//   CONV2     e 27  p 16  q 2  r 1  t 1  m 64:  5 x 27    = 135 PEs
//   CONV3..5  e 13  p 16  q 3  r 2  t 2  m 64:  3 x 13 x 4 = 156 PEs, filters are kept for all four images
// CONV2, 4 and 5 have two groups. Y and X are padded.
Network AlexNet {
Layer CONV1 {
    Type: CONV
    Stride { X: 4, Y: 4 }
    Dimensions { N: 4, K: 96, C: 3, R: 11, S: 11, Y: 227, X: 227 }
    Dataflow {
        TemporalMap(1,1) N;
        TemporalMap(96,96) K;
        TemporalMap(7,7) Y';
        TemporalMap(1,1) C;
        TemporalMap(Sz(R),Sz(R)) R;
        Cluster(2, P);
        SpatialMap(16,16) K;
        Cluster(7, P);
        SpatialMap(1,1) Y';
        TemporalMap(Sz(R),Sz(R)) R;
        Cluster(11, P);
        SpatialMap(1,1) Y;
        SpatialMap(1,1) R;
        TemporalMap(1,1) X';
        TemporalMap(Sz(S),Sz(S)) S;
    }
}
Layer CONV2 {
    Type: NGCONV
    Dimensions { N: 4, G: 2, K: 128, C: 48, R: 5, S: 5, Y: 31, X: 31 }
    Dataflow {
        TemporalMap(1,1) N;
        TemporalMap(64,64) K;
        TemporalMap(2,2) C;
        Cluster(27, P);
        TemporalMap(16,16) K;
        SpatialMap(1,1) Y';
        TemporalMap(Sz(R),Sz(R)) R;
        Cluster(5, P);
        SpatialMap(1,1) Y;
        SpatialMap(1,1) R;
        TemporalMap(1,1) X';
        TemporalMap(Sz(S),Sz(S)) S;
    }
}
Layer CONV3 {
    Type: CONV
    Dimensions { N: 4, K: 384, C: 256, R: 3, S: 3, Y: 15, X: 15 }
    Dataflow {
        TemporalMap(4,4) N;
        TemporalMap(64,64) K;
        TemporalMap(6,6) C;
        Cluster(2, P);
        SpatialMap(16,16) K;
        Cluster(2, P);
        SpatialMap(3,3) C;
        Cluster(13, P);
        SpatialMap(1,1) Y';
        TemporalMap(Sz(R),Sz(R)) R;
        Cluster(3, P);
        SpatialMap(1,1) Y;
        SpatialMap(1,1) R;
        TemporalMap(1,1) N;
        TemporalMap(1,1) X';
        TemporalMap(Sz(S),Sz(S)) S;
    }
}
Layer CONV4 {
    Type: NGCONV
    Dimensions { N: 4, G: 2, K: 192, C: 192, R: 3, S: 3, Y: 15, X: 15 }
    Dataflow {
        TemporalMap(4,4) N;
        TemporalMap(64,64) K;
        TemporalMap(6,6) C;
        Cluster(2, P);
        SpatialMap(16,16) K;
        Cluster(2, P);
        SpatialMap(3,3) C;
        Cluster(13, P);
        SpatialMap(1,1) Y';
        TemporalMap(Sz(R),Sz(R)) R;
        Cluster(3, P);
        SpatialMap(1,1) Y;
        SpatialMap(1,1) R;
        TemporalMap(1,1) N;
        TemporalMap(1,1) X';
        TemporalMap(Sz(S),Sz(S)) S;
    }
}
Layer CONV5 {
    Type: NGCONV
    Dimensions { N: 4, G: 2, K: 128, C: 192, R: 3, S: 3, Y: 15, X: 15 }
    Dataflow {
        TemporalMap(4,4) N;
        TemporalMap(64,64) K;
        TemporalMap(6,6) C;
        Cluster(2, P);
        SpatialMap(16,16) K;
        Cluster(2, P);
        SpatialMap(3,3) C;
        Cluster(13, P);
        SpatialMap(1,1) Y';
        TemporalMap(Sz(R),Sz(R)) R;
        Cluster(3, P);
        SpatialMap(1,1) Y;
        SpatialMap(1,1) R;
        TemporalMap(1,1) N;
        TemporalMap(1,1) X';
        TemporalMap(Sz(S),Sz(S)) S;
    }
}
}
