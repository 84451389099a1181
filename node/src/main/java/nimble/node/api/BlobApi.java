package nimble.node.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import nimble.api.v1.BlobChunk;
import nimble.api.v1.BlobServiceGrpc;
import nimble.api.v1.GetBlobRequest;
import nimble.api.v1.HasBlobReply;
import nimble.api.v1.HasBlobRequest;
import nimble.api.v1.PutBlobReply;
import nimble.api.v1.PutBlobRequest;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.work.Blobs;
import nimble.storage.BlobStore;
import nimble.training.spec.DataSpec;
import nimble.types.Hash;

/// Blobs by content: only chunks of a manifest that was announced first, within the store's quota.
final class BlobApi extends BlobServiceGrpc.BlobServiceImplBase {
  private static final long BLOB_BYTES_MAX = DataSpec.SIZE_MAX;
  private static final Duration PUT_TIMEOUT = Duration.ofMinutes(10);
  private static final long FETCH_MINUTES = 10;

  private final ApiParts parts;
  private final BlobStore store;
  private final Streams streams;

  BlobApi(ApiParts parts, Streams streams) {
    this.parts = parts;
    this.store = parts.store();
    this.streams = streams;
  }

  @Override
  public void has(HasBlobRequest request, StreamObserver<HasBlobReply> to) {
    Manifest manifest = manifest(Wire.from(request.getManifest()));
    Answer.with(to, HasBlobReply.newBuilder().addAllMissing(missing(manifest)).build());
  }

  private List<Integer> missing(Manifest manifest) {
    return IntStream.range(0, manifest.chunks().size())
        .filter(index -> !store.has(manifest.chunks().get(index)))
        .boxed()
        .toList();
  }

  private static Manifest manifest(Bytes bytes) {
    try {
      Manifest manifest = Manifest.decode(bytes);
      if (manifest.size() > BLOB_BYTES_MAX) {
        throw Refused.invalid(
            "a blob has at most %d bytes, was %d".formatted(BLOB_BYTES_MAX, manifest.size()));
      }
      return manifest;
    } catch (Malformed e) {
      throw Refused.invalid("manifest: " + e.reason());
    }
  }

  @Override
  public StreamObserver<PutBlobRequest> put(StreamObserver<PutBlobReply> to) {
    ServiceRequestContext context = ServiceRequestContext.current();
    context.setRequestTimeout(PUT_TIMEOUT);
    context.setMaxRequestLength(BLOB_BYTES_MAX + BLOB_BYTES_MAX / 16);
    return new Upload(to);
  }

  /// One call of Put. Its methods are called one after the other.
  private final class Upload implements StreamObserver<PutBlobRequest> {
    private final StreamObserver<PutBlobReply> to;
    private final Set<Hash> expected = new LinkedHashSet<>();
    private Optional<Manifest> announced = Optional.empty();
    private boolean ended;

    Upload(StreamObserver<PutBlobReply> to) {
      this.to = to;
    }

    @Override
    public void onNext(PutBlobRequest request) {
      if (ended) {
        return;
      }
      try {
        switch (request.getPartCase()) {
          case MANIFEST -> announce(Wire.from(request.getManifest()));
          case CHUNK -> store(Wire.from(request.getChunk()));
          case PART_NOT_SET -> throw Refused.invalid("neither a manifest nor a chunk");
        }
      } catch (StatusRuntimeException e) {
        ended = true;
        to.onError(e);
      }
    }

    private void announce(Bytes bytes) {
      if (announced.isPresent()) {
        throw Refused.invalid("a second manifest in one call");
      }
      Manifest manifest = manifest(bytes);
      announced = Optional.of(manifest);
      expected.addAll(manifest.chunks());
    }

    private void store(Bytes chunk) {
      Hash name = Manifest.chunkHash(chunk);
      if (!expected.contains(name)) {
        throw Refused.invalid(
            announced.isEmpty()
                ? "a chunk before its manifest"
                : "chunk %s is not in the manifest".formatted(name));
      }
      keep(chunk);
    }

    @Override
    public void onError(Throwable failure) {
      ended = true;
    }

    @Override
    public void onCompleted() {
      if (ended) {
        return;
      }
      try {
        Manifest manifest =
            announced.orElseThrow(() -> Refused.invalid("neither a manifest nor a chunk"));
        List<Integer> missing = missing(manifest);
        if (missing.isEmpty()) {
          keep(manifest.encode());
        }
        Answer.with(
            to,
            PutBlobReply.newBuilder()
                .setManifest(manifest.id().toString())
                .setMissing(missing.size())
                .build());
      } catch (StatusRuntimeException e) {
        to.onError(e);
      }
    }
  }

  private void keep(Bytes chunk) {
    if (store.put(chunk) == BlobStore.Put.OVER_QUOTA) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "this node keeps at most %d bytes of blobs, and has %d"
                  .formatted(store.bytesMax(), store.bytesUsed()))
          .asRuntimeException();
    }
  }

  @Override
  public void get(GetBlobRequest request, StreamObserver<BlobChunk> to) {
    Hash id = Refused.hash("manifest", request.getManifest());
    streams.start(
        "blob",
        to,
        sink -> {
          Manifest manifest = gather(id);
          int from = request.getFromChunk();
          if (from < 0 || from > manifest.chunks().size()) {
            throw Refused.invalid(
                "from_chunk must be between 0 and %d, was %d"
                    .formatted(manifest.chunks().size(), from));
          }
          sink.send(
              BlobChunk.newBuilder()
                  .setManifest(Wire.to(manifest.encode()))
                  .setIndex(from)
                  .build());
          for (int i = from; i < manifest.chunks().size() && sink.isOpen(); i++) {
            Bytes chunk =
                store
                    .get(manifest.chunks().get(i))
                    .orElseThrow(
                        () -> Refused.unavailable("a chunk was lost meanwhile: try again"));
            sink.send(BlobChunk.newBuilder().setIndex(i).setChunk(Wire.to(chunk)).build());
          }
        });
  }

  /// Fetches what is not here from peers, then the blob is whole in the store.
  private Manifest gather(Hash id) throws InterruptedException {
    Optional<Manifest> here =
        store.get(id).map(BlobApi::manifest).filter(manifest -> missing(manifest).isEmpty());
    if (here.isPresent()) {
      return here.get();
    }
    var answer = new LinkedBlockingQueue<Blobs.Fetched>(1);
    parts.blobs().fetch(id, Blobs.BYTES_MAX, answer::offer);
    Blobs.Fetched fetched = answer.poll(FETCH_MINUTES, TimeUnit.MINUTES);
    return switch (fetched) {
      case Blobs.Fetched.Whole _ ->
          store
              .get(id)
              .map(BlobApi::manifest)
              .orElseThrow(() -> Refused.unavailable("the manifest was lost meanwhile: try again"));
      case Blobs.Fetched.Failed(String reason) -> throw Refused.absent(reason);
      case null -> throw Refused.unavailable("blob %s did not arrive in time".formatted(id));
    };
  }
}
