package nimble.node.files;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import nimble.vm.Image;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;

/// Images in a folder per class, each made as large as the model wants it by the means of areas;
/// black is −1, white 1.
record ImageFolder(Path path, Image image, List<String> classes) implements LabelledSource {
  static final int FILES_MAX = 1 << 20;
  static final long PIXELS_MAX = 1L << 26;

  private static final double HALF = 127.5;

  ImageFolder {
    classes = List.copyOf(classes);
  }

  @Override
  public DataForm form() {
    return DataForm.EXAMPLES;
  }

  @Override
  public long rows(ModelSpec model) throws Mistake, IOException {
    long rows = 0;
    for (String name : classes) {
      rows += files(path.resolve(name)).size();
    }
    return rows;
  }

  @Override
  public void write(RowWriter to) throws Mistake, IOException {
    ImageIO.setUseCache(false);
    boolean unlabelled = to.takesUnlabelled() && classes(path).isEmpty();
    if (unlabelled) {
      write(path, RowWriter.ASKED, to);
    }
    for (int id = 0; id < classes.size() && !unlabelled; id++) {
      Path folder = path.resolve(classes.get(id));
      if (!to.takesUnlabelled() || Files.exists(folder)) {
        write(folder, id, to);
      }
    }
  }

  private void write(Path folder, int id, RowWriter to) throws Mistake, IOException {
    for (Path file : files(folder)) {
      to.named(path.relativize(file).toString());
      pixels(read(file), to);
      to.id(id);
      to.end();
    }
  }

  @Override
  public ImageFolder in(Path data) {
    return new ImageFolder(data, image, classes);
  }

  /// The classes that a folder has.
  static List<String> classes(Path path) throws Mistake, IOException {
    return entries(path).stream()
        .filter(Files::isDirectory)
        .map(folder -> folder.getFileName().toString())
        .toList();
  }

  static List<Path> files(Path folder) throws Mistake, IOException {
    List<Path> files = entries(folder).stream().filter(Files::isRegularFile).toList();
    if (files.isEmpty()) {
      throw Mistake.of("%s has no images in it", folder);
    }
    return files;
  }

  private static List<Path> entries(Path folder) throws Mistake, IOException {
    if (!Files.isDirectory(folder)) {
      throw Mistake.of("%s must be a folder", folder);
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> entries =
          all.filter(entry -> !entry.getFileName().toString().startsWith("."))
              .limit(FILES_MAX + 1L)
              .sorted()
              .toList();
      if (entries.size() > FILES_MAX) {
        throw Mistake.of("%s has more than %d files", folder, FILES_MAX);
      }
      return entries;
    }
  }

  /// Its size is looked at before it is read.
  private static BufferedImage read(Path file) throws Mistake, IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw Mistake.of("%s is not an image that can be read: use PNG, JPEG, BMP or GIF", file);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > PIXELS_MAX) {
          throw Mistake.of("%s has %d pixels, at most %d", file, pixels, PIXELS_MAX);
        }
        return colours(reader.read(0));
      } catch (IOException | RuntimeException e) {
        throw Mistake.of("%s is damaged: %s", file, String.valueOf(e.getMessage()));
      } finally {
        reader.dispose();
      }
    }
  }

  /// Java takes the numbers of greys for light, and would brighten them; they are shades as those
  /// of colours are.
  private static BufferedImage colours(BufferedImage image) {
    if (image.getColorModel().getColorSpace().getType() != ColorSpace.TYPE_GRAY) {
      return image;
    }
    int most = (1 << image.getSampleModel().getSampleSize(0)) - 1;
    BufferedImage colours =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int level = Math.round(image.getRaster().getSample(x, y, 0) * 255f / most);
        colours.setRGB(x, y, level * 0x010101);
      }
    }
    return colours;
  }

  private void pixels(BufferedImage from, RowWriter to) {
    for (int channel = 0; channel < image.channels(); channel++) {
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          to.number(mean(from, channel, x, y) / HALF - 1);
        }
      }
    }
  }

  /// Over the pixels that become one.
  private double mean(BufferedImage from, int channel, int x, int y) {
    int left = (int) ((long) x * from.getWidth() / image.width());
    int right = Math.max(left + 1, (int) ((x + 1L) * from.getWidth() / image.width()));
    int top = (int) ((long) y * from.getHeight() / image.height());
    int bottom = Math.max(top + 1, (int) ((y + 1L) * from.getHeight() / image.height()));
    double sum = 0;
    for (int row = top; row < bottom; row++) {
      for (int column = left; column < right; column++) {
        sum += value(from.getRGB(column, row), channel);
      }
    }
    return sum / ((long) (right - left) * (bottom - top));
  }

  /// Red, green and blue, or their mean.
  private double value(int rgb, int channel) {
    int red = (rgb >> 16) & 0xff;
    int green = (rgb >> 8) & 0xff;
    int blue = rgb & 0xff;
    if (image.channels() == 1) {
      return (red + green + blue) / 3.0;
    }
    return switch (channel) {
      case 0 -> red;
      case 1 -> green;
      default -> blue;
    };
  }
}
