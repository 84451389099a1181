package nimble.training.role;

import nimble.codec.Bytes;
import nimble.types.PublicKey;

/// Send now or never: to a peer that is not connected nothing is sent. A miner resends when told
/// that the peer is back.
public record SendTensor(PublicKey to, TensorName name, Bytes payload)
    implements MinerEffect, GatewayEffect, AuditorEffect, HostEffect {}
