package nimble.node.client;

import com.linecorp.armeria.client.ClientRequestContextCaptor;
import com.linecorp.armeria.client.Clients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import nimble.api.v1.BlobChunk;
import nimble.api.v1.BlobServiceGrpc;
import nimble.api.v1.GetBlobRequest;
import nimble.api.v1.HasBlobRequest;
import nimble.api.v1.PutBlobReply;
import nimble.api.v1.PutBlobRequest;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.api.Wire;
import nimble.types.Hash;

/// Files to a node and back, chunk by chunk. Both ways go on where an earlier try ended.
public final class BlobTransfer {
  /// In one call: what is in memory at once.
  private static final int CHUNKS_PER_CALL = 8;

  private static final long PUT_SECONDS = 120;

  private final String node;
  private final BlobServiceGrpc.BlobServiceBlockingStub calls;
  private final BlobServiceGrpc.BlobServiceStub uploads;
  private final BlobServiceGrpc.BlobServiceBlockingStub streams;

  BlobTransfer(
      String node,
      BlobServiceGrpc.BlobServiceBlockingStub calls,
      BlobServiceGrpc.BlobServiceStub uploads,
      BlobServiceGrpc.BlobServiceBlockingStub streams) {
    this.node = node;
    this.calls = calls;
    this.uploads = uploads;
    this.streams = streams;
  }

  /// What a file is as a blob; reads all of it.
  public static Manifest manifestOf(Path file) throws IOException {
    List<Hash> chunks = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      for (int i = 0; (long) i * Manifest.CHUNK_BYTES < size; i++) {
        chunks.add(Manifest.chunkHash(chunk(channel, size, i)));
      }
      return new Manifest(size, chunks);
    }
  }

  private static Bytes chunk(FileChannel channel, long size, int index) throws IOException {
    long at = (long) index * Manifest.CHUNK_BYTES;
    byte[] bytes = new byte[(int) Math.min(Manifest.CHUNK_BYTES, size - at)];
    ByteBuffer into = ByteBuffer.wrap(bytes);
    while (into.hasRemaining()) {
      if (channel.read(into, at + into.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return Bytes.wrap(bytes);
  }

  /// Sends what the node does not have of it.
  ///
  /// @param done told how many bytes are there
  public void upload(Path file, Manifest manifest, LongConsumer done)
      throws ClientFailure, IOException {
    List<Integer> missing = missing(manifest);
    long there = (long) manifest.chunks().size() - missing.size();
    try (FileChannel channel = FileChannel.open(file)) {
      for (int at = 0; at < missing.size() || at == 0; at += CHUNKS_PER_CALL) {
        List<Bytes> chunks = new ArrayList<>();
        for (int index : missing.subList(at, Math.min(missing.size(), at + CHUNKS_PER_CALL))) {
          Bytes chunk = chunk(channel, manifest.size(), index);
          if (!Manifest.chunkHash(chunk).equals(manifest.chunks().get(index))) {
            throw new IOException("%s changed while it was sent: try again".formatted(file));
          }
          chunks.add(chunk);
        }
        put(manifest, chunks);
        there += chunks.size();
        done.accept(Math.min(manifest.size(), there * Manifest.CHUNK_BYTES));
      }
    }
  }

  /// Sends what the node does not have of a blob in memory.
  public void upload(Blob blob) throws ClientFailure {
    List<Bytes> chunks = new ArrayList<>();
    missing(blob.manifest()).forEach(index -> chunks.add(blob.chunks().get(index)));
    for (int at = 0; at < chunks.size() || at == 0; at += CHUNKS_PER_CALL) {
      put(blob.manifest(), chunks.subList(at, Math.min(chunks.size(), at + CHUNKS_PER_CALL)));
    }
  }

  /// Chunks of a blob that the node does not have.
  public List<Integer> missing(Manifest manifest) throws ClientFailure {
    try {
      return calls
          .has(HasBlobRequest.newBuilder().setManifest(Wire.to(manifest.encode())).build())
          .getMissingList();
    } catch (StatusRuntimeException e) {
      throw ClientFailure.of(node, e);
    }
  }

  /// Sends chunks of a blob.
  public void put(Manifest manifest, List<Bytes> chunks) throws ClientFailure {
    var end = new LinkedBlockingQueue<Optional<Throwable>>();
    StreamObserver<PutBlobRequest> to = uploads.put(new Ending(end));
    to.onNext(PutBlobRequest.newBuilder().setManifest(Wire.to(manifest.encode())).build());
    chunks.forEach(
        chunk -> to.onNext(PutBlobRequest.newBuilder().setChunk(Wire.to(chunk)).build()));
    to.onCompleted();
    try {
      Optional<Throwable> failure = end.poll(PUT_SECONDS, TimeUnit.SECONDS);
      if (failure == null || failure.isPresent()) {
        Status status =
            failure == null
                ? Status.DEADLINE_EXCEEDED
                : Status.fromThrowable(failure.orElseThrow());
        throw ClientFailure.of(node, status.asRuntimeException());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientFailure(ClientFailure.Kind.UNAVAILABLE, "the upload was interrupted");
    }
  }

  private record Ending(LinkedBlockingQueue<Optional<Throwable>> end)
      implements StreamObserver<PutBlobReply> {
    @Override
    public void onNext(PutBlobReply reply) {}

    @Override
    public void onError(Throwable failure) {
      end.add(Optional.of(failure));
    }

    @Override
    public void onCompleted() {
      end.add(Optional.empty());
    }
  }

  /// Fetches a blob into `file`, which appears when it is whole; `file.part` holds what came
  /// before. Every chunk is checked against the manifest, and that against its name.
  public void download(Hash id, Path file, LongConsumer done) throws ClientFailure, IOException {
    download(id, file, Manifest.SIZE_MAX, done);
  }

  /// The same, and nothing of a blob that is larger.
  public void download(Hash id, Path file, long bytesMax, LongConsumer done)
      throws ClientFailure, IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (!receive(id, channel, bytesMax, done)) {
        channel.truncate(0);
        boolean _ = receive(id, channel, bytesMax, done);
      }
      channel.force(true);
    } catch (StatusRuntimeException e) {
      throw ClientFailure.of(node, e);
    } catch (Malformed e) {
      Files.deleteIfExists(part);
      throw new ClientFailure(
          ClientFailure.Kind.UNAVAILABLE,
          "the node at %s sent other data than was asked for: %s".formatted(node, e.reason()));
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Goes on behind what was kept.
  ///
  /// @return false where that is of something else: then nothing came
  private boolean receive(Hash id, FileChannel to, long bytesMax, LongConsumer done)
      throws Malformed, ClientFailure, IOException {
    int next = (int) (to.size() / Manifest.CHUNK_BYTES);
    try (ClientRequestContextCaptor captor = Clients.newContextCaptor()) {
      Iterator<BlobChunk> chunks =
          streams.get(
              GetBlobRequest.newBuilder().setManifest(id.toString()).setFromChunk(next).build());
      Optional<Manifest> manifest = manifest(id, chunks, next);
      if (manifest.isEmpty() || !isKept(manifest.get(), to, next)) {
        NodeClient.abandon(captor.get(), chunks);
        return false;
      }
      if (manifest.get().size() > bytesMax) {
        NodeClient.abandon(captor.get(), chunks);
        throw new ClientFailure(
            ClientFailure.Kind.INVALID,
            "blob %s has %d bytes, at most %d are possible here"
                .formatted(id, manifest.get().size(), bytesMax));
      }
      receive(manifest.get(), chunks, to, next, done);
      return true;
    }
  }

  /// Empty where there are not as many chunks as were kept.
  private static Optional<Manifest> manifest(Hash id, Iterator<BlobChunk> chunks, int kept)
      throws Malformed {
    try {
      if (!chunks.hasNext()) {
        throw new Malformed("nothing");
      }
    } catch (StatusRuntimeException e) {
      if (kept > 0 && e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
        return Optional.empty();
      }
      throw e;
    }
    Manifest manifest = Manifest.decode(Wire.from(chunks.next().getManifest()));
    if (!manifest.id().equals(id)) {
      throw new Malformed("manifest " + manifest.id());
    }
    return Optional.of(manifest);
  }

  private static void receive(
      Manifest manifest, Iterator<BlobChunk> chunks, FileChannel to, int from, LongConsumer done)
      throws Malformed, IOException {
    int next = from;
    while (chunks.hasNext()) {
      BlobChunk item = chunks.next();
      int index = item.getIndex();
      Bytes chunk = Wire.from(item.getChunk());
      if (index != next
          || index >= manifest.chunks().size()
          || !Manifest.chunkHash(chunk).equals(manifest.chunks().get(index))) {
        throw new Malformed("chunk " + index);
      }
      to.write(chunk.asBuffer(), (long) index * Manifest.CHUNK_BYTES);
      next++;
      done.accept(Math.min(manifest.size(), (long) next * Manifest.CHUNK_BYTES));
    }
    if (next != manifest.chunks().size()) {
      throw new Malformed("%d of %d chunks".formatted(next, manifest.chunks().size()));
    }
    to.truncate(manifest.size());
  }

  /// Whether the first chunks of an earlier try are this blob's.
  private static boolean isKept(Manifest manifest, FileChannel kept, int count) throws IOException {
    boolean right = count <= manifest.chunks().size();
    for (int i = 0; right && i < count; i++) {
      Bytes chunk = chunk(kept, kept.size(), i);
      right = Manifest.chunkHash(chunk).equals(manifest.chunks().get(i));
    }
    return right;
  }
}
