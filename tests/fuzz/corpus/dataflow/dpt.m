// Depthwise convolutions, under any dataflow of the other layers: channels over all PEs, one level.
// KTileSz channels a PE.
Dataflow {
    SpatialMap(KTileSz, KTileSz) C;
    TemporalMap(Sz(R), 1) Y;
    TemporalMap(Sz(S), 1) X;
    TemporalMap(Sz(R), Sz(R)) R;
    TemporalMap(Sz(S), Sz(S)) S;
}
