package dev.tac8.generation;

import dev.tac8.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Which tac8 this is, by what is in it: the same sources built again are the same one. */
public final class Build {
    private static final int DIGITS = 12;

    /** It is asked for seldom, and never changes. */
    private static final class Lazy {
        private static final String ID = find();
    }

    private Build() {
    }

    /** 12 hexadecimal digits. */
    public static String id() {
        return Lazy.ID;
    }

    private static String find() {
        try {
            Path code = Path.of(Build.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            MessageDigest digest = Sha256.begin();
            (Files.isDirectory(code) ? ofFolder(code) : ofJar(code)).forEach((name, sum) -> digest.update((name + ' ' + sum + '\n').getBytes(StandardCharsets.UTF_8)));
            return Sha256.end(digest).substring(0, DIGITS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A jar says the sums itself, so that nothing needs to be unpacked. */
    static SortedMap<String, Long> ofJar(Path jar) throws IOException {
        SortedMap<String, Long> sums = new TreeMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            zip.stream().filter(entry -> !entry.isDirectory()).forEach((ZipEntry entry) -> sums.put(entry.getName(), entry.getCrc()));
        }
        return sums;
    }

    static SortedMap<String, Long> ofFolder(Path folder) throws IOException {
        SortedMap<String, Long> sums = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                CRC32 sum = new CRC32();
                try (InputStream in = new CheckedInputStream(Files.newInputStream(file), sum)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                sums.put(folder.relativize(file).toString(), sum.getValue());
            }
        }
        return sums;
    }
}
