// NVDLA-like with two free tiles: clusters of CTileSz PEs, an input channel each, whose sums are added in the network; output channels over clusters, KTileSz a step.
// XTileSz columns of output a step; weights stay meanwhile. With CTileSz as many as there are PEs, and XTileSz 1, it is dla.
Constant CTileSz 1;
Constant XTileSz 1;

Dataflow {
    SpatialMap(KTileSz, KTileSz) K;
    TemporalMap(CTileSz, CTileSz) C;
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
    TemporalMap(Sz(R), 1) Y;
    TemporalMap(XTileSz, XTileSz) X';
    Cluster(CTileSz, P);
    SpatialMap(1, 1) C;
    TemporalMap(Sz(R), 1) Y;
    TemporalMap(1, 1) X';
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
}
