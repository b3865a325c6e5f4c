package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of a test's own, and the certificate that it has given to a server at 127.0.0.1. */
public final class Certificates {
    private static final String PASSWORD = "changeit";

    private final Path dir;
    private final KeyStore keys;

    private Certificates(Path dir, KeyStore keys) {
        this.dir = dir;
        this.keys = keys;
    }

    /** Makes all of them, by Java's keytool. */
    public static Certificates make(Path dir) throws IOException, InterruptedException, GeneralSecurityException {
        return make(dir, "-0d");
    }

    /** The same, but the server's is no longer valid. */
    public static Certificates makeExpired(Path dir) throws IOException, InterruptedException, GeneralSecurityException {
        return make(dir, "-40d");
    }

    private static Certificates make(Path dir, String start) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = dir.resolve("keys.p12");
        keytool(dir, store, "ca", "-ext", "bc:c");
        keytool(dir, store, "server", "-startdate", start, "-signer", "ca", "-ext", "san=ip:127.0.0.1");
        keytool(dir, store, "client", "-signer", "ca");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Certificates made = new Certificates(dir, keys);
        pem(made.authority(), "CERTIFICATE", keys.getCertificate("ca").getEncoded());
        pem(made.server(), "CERTIFICATE", keys.getCertificate("server").getEncoded());
        pem(made.key(), "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        Files.setPosixFilePermissions(made.key(), PosixFilePermissions.fromString("rw-------"));
        return made;
    }

    private static void keytool(Path dir, Path store, String alias, String... more) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", alias, "-dname", "CN=" + alias,
                "-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD, "-validity", "30"));
        line.addAll(List.of(more));
        Path log = dir.resolve("keytool.log");
        assertThat(new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor()).as("keytool, which says %s", Files.readString(log)).isZero();
    }

    private static void pem(Path file, String what, byte[] content) throws IOException {
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content)
                + "\n-----END " + what + "-----\n");
    }

    /** By which clients know the server. */
    public Path authority() {
        return dir.resolve("ca.pem");
    }

    /** The server's certificate. */
    public Path server() {
        return dir.resolve("server.pem");
    }

    /** The server's key. */
    public Path key() {
        return dir.resolve("server.key");
    }

    /** Both in one file. */
    public Path serverAndKey() throws IOException {
        return Files.writeString(dir.resolve("server-and-key.pem"), Files.readString(key()) + Files.readString(server()));
    }

    /** A client's certificate and key, which a password opens. */
    public Path client(String password) throws IOException, GeneralSecurityException {
        KeyStore client = KeyStore.getInstance("PKCS12");
        client.load(null, null);
        client.setKeyEntry("client", keys.getKey("client", PASSWORD.toCharArray()), password.toCharArray(), keys.getCertificateChain("client"));
        Path file = dir.resolve("client.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            client.store(out, password.toCharArray());
        }
        return file;
    }
}
