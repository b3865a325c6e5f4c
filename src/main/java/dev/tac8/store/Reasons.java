package dev.tac8.store;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.UnrecoverableKeyException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Failures in words for a person. */
public final class Reasons {
    /** The driver's form: the code, what the code means in general, and what SQLite said. */
    private static final Pattern SQLITE = Pattern.compile("\\[(SQLITE_\\w+)\\] .*? \\((.*)\\)", Pattern.DOTALL);

    /** Kafka's form: after so many milliseconds. */
    private static final Pattern EXPIRED = Pattern.compile("Expiring \\d+ record\\(s\\) for \\S+?: ?(\\d+) ?ms has passed since .*");
    /** PostgreSQL's codes for that it is being stopped, or is not up yet. */
    private static final Set<String> STOPPED = Set.of("57P01", "57P02", "57P03");
    private static final String WRONG_PASSWORD = "28P01";
    /** Java's form: the other side has said so. */
    private static final Pattern DISTRUSTED = Pattern.compile("Received fatal alert: (certificate_\\w+|bad_certificate|unknown_ca)");

    private Reasons() {
    }

    /** The same, to follow a path that the sentence has just named: the path is called "it". */
    public static String of(Throwable failure, Path named) {
        String reason = of(failure);
        String path = named.toString();
        if (!reason.startsWith(path)) {
            return reason;
        }
        String said = reason.substring(path.length());
        return said.startsWith(": ") ? said.substring(2) : said.startsWith(" ") ? "it" + said : reason;
    }

    /** The reason of a failure on one line: what a store said, or else its innermost cause. */
    public static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof StoreException) && !(cause instanceof Typed)) {
            cause = cause.getCause();
        }
        if (cause instanceof NoSuchFileException e) {
            return e.getFile() + " does not exist";
        }
        if (cause instanceof AccessDeniedException e) {
            return e.getFile() + " may not be accessed";
        }
        if (cause instanceof EOFException && cause.getMessage() == null) {
            return "the other side has ended the connection";
        }
        if (cause instanceof ConnectException && "Connection refused".equals(cause.getMessage()) || cause instanceof SQLException e && STOPPED.contains(String.valueOf(e.getSQLState()))) {
            // An outage has both, one after the other, and the log is to say it once.
            return "Connection refused, as it does not run, or is being stopped or started";
        }
        if (cause instanceof SQLException e && WRONG_PASSWORD.equals(e.getSQLState())) {
            return firstLine(e.getMessage()) + ": mend tac8.postgresql.user or its password, and start tac8 again";
        }
        if (cause instanceof UnknownHostException e) {
            return "there is no host " + e.getMessage();
        }
        if (cause instanceof SocketTimeoutException) {
            return "the other side has not answered in time";
        }
        if (cause instanceof CertificateExpiredException) {
            return "its certificate is no longer valid, and has to be renewed there: " + cause.getMessage();
        }
        if (cause instanceof CertificateNotYetValidException) {
            return "its certificate is not valid yet, or the clock of this computer or of that one is wrong: " + cause.getMessage();
        }
        if (cause instanceof CertPathValidatorException || cause instanceof CertPathBuilderException) {
            return "its certificate is of no authority that is trusted: " + cause.getMessage();
        }
        if (cause instanceof UnrecoverableKeyException) {
            return "the password of a file of keys is wrong";
        }
        if (cause instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        if (cause instanceof FileSystemException e && e.getReason() != null) {
            return e.getFile() == null || e.getReason().contains(e.getFile()) ? e.getReason() : e.getFile() + ": " + e.getReason();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        Matcher expired = EXPIRED.matcher(message);
        if (expired.matches()) {
            return "the broker has not acknowledged within " + Long.parseLong(expired.group(1)) / 1000 + " s what was sent to it";
        }
        Matcher distrusted = DISTRUSTED.matcher(message);
        if (distrusted.matches()) {
            return "it does not trust the certificate that this side has shown: " + distrusted.group(1);
        }
        Matcher sqlite = SQLITE.matcher(message);
        return sqlite.matches() ? sqlite.group(2) + " (" + sqlite.group(1) + ")" : firstLine(message);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message).replaceFirst("^FATAL: ", "").replaceFirst("(?<!\\.)\\.$", "");
    }
}
