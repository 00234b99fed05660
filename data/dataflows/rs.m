// Row-stationary, after Eyeriss: the R PEs of a cluster have a row of the filter and a row of the input each, one behind the other, and their sums are added in the
// network to a piece of a row of the output, XTileSz long. Output channels over clusters, KTileSz for each; CTileSz input channels a step; outputs stay.
Constant CTileSz 1;
Constant XTileSz 28;

Dataflow {
    SpatialMap(KTileSz, KTileSz) K;
    TemporalMap(Sz(R), 1) Y;
    TemporalMap(XTileSz, XTileSz) X';
    TemporalMap(CTileSz, CTileSz) C;
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
    Cluster(Sz(R), P);
    SpatialMap(1, 1) Y;
    SpatialMap(1, 1) R;
    TemporalMap(Sz(S), Sz(S)) S;
}
