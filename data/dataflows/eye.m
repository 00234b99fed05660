// Eyeriss-like: output rows over clusters, rows and columns together over the PEs of a cluster; rows stay.
// KTileSz output channels and CTileSz input channels a step, ClusterSz rows of output a cluster.
// Of a cluster's rows and columns only the diagonal is done, which MAESTRO does not notice; the accounting exact refuses it: use rs there.
Constant CTileSz 1;

Dataflow {
    TemporalMap(CTileSz, CTileSz) C;
    TemporalMap(KTileSz, KTileSz) K;
    SpatialMap(ClusterSz, ClusterSz) Y';
    TemporalMap(Sz(S), Sz(S)) X';
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
    Cluster(ClusterSz, P);
    TemporalMap(1, 1) C;
    SpatialMap(1, 1) Y';
    SpatialMap(1, 1) X';
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
}
