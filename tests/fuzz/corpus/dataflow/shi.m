// ShiDianNao-like: output columns over the PEs of a cluster; outputs stay.
// KTileSz output channels and CTileSz input channels a step, ClusterSz columns of output a cluster.
Constant CTileSz 1;

Dataflow {
    TemporalMap(KTileSz, KTileSz) K;
    SpatialMap(Sz(R), Sz(R)) Y';
    TemporalMap(ClusterSz, ClusterSz) X';
    TemporalMap(CTileSz, CTileSz) C;
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
    Cluster(ClusterSz, P);
    TemporalMap(1, 1) C;
    TemporalMap(1, 1) Y';
    SpatialMap(1, 1) X';
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
}
