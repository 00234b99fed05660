// NVDLA-like: output channels over clusters, input channels over the PEs of a cluster; weights stay.
// KTileSz output channels a step (the buffer level), ClusterSz PEs in one cluster.
Dataflow {
    SpatialMap(KTileSz, KTileSz) K;
    TemporalMap(ClusterSz, ClusterSz) C;
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
    TemporalMap(Sz(R), 1) Y;
    TemporalMap(Sz(S), 1) X;
    Cluster(ClusterSz, P);
    SpatialMap(1, 1) C;
    TemporalMap(Sz(R), 1) Y;
    TemporalMap(Sz(S), 1) X;
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
}
