package dev.tac8.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.query.Question;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The records that give stored calls the prices of a book, in files of a folder, and what they change. */
final class Recosting implements Question.Taker, AutoCloseable {
    /** The most records of a file. */
    static final int MOST_RECORDS = 50_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final PriceBook book;
    private final Path folder;
    private final List<Path> files = new ArrayList<>();
    private final Lacking lacking = new Lacking();
    private JsonGenerator out;
    private long looked;
    private long reported;
    private long same;
    private long newer;
    private long edited;
    private long priced;
    private long changed;
    private BigDecimal pricedUsd = BigDecimal.ZERO;
    private BigDecimal beforeUsd = BigDecimal.ZERO;
    private BigDecimal afterUsd = BigDecimal.ZERO;

    /** @param folder for the files; null if none are to be written */
    Recosting(PriceBook book, Path folder) {
        this.book = book;
        this.folder = folder;
    }

    @Override
    public void take(Object[] row) throws StoreException {
        looked++;
        StoredCall call = new StoredCall(row);
        if (call.isReported()) {
            reported++;
            return;
        }
        int age = call.priceVersion().compareTo(book.version());
        if (age > 0) {
            newer++;
            return;
        }
        Quote quote = call.price(book);
        BigDecimal before = call.dollars();
        if (quote.dollars() == null) {
            if (before == null) {
                lacking.add(call, quote.why());
            } else {
                same++;
            }
        } else if (before != null && before.doubleValue() == quote.dollars().doubleValue()) {
            same++;
        } else if (before != null && age == 0) {
            edited++;
        } else {
            write(call, quote.dollars());
            if (before == null) {
                priced++;
                pricedUsd = pricedUsd.add(quote.dollars());
            } else {
                changed++;
                beforeUsd = beforeUsd.add(before);
                afterUsd = afterUsd.add(quote.dollars());
            }
        }
    }

    private void write(StoredCall call, BigDecimal dollars) throws StoreException {
        if (folder == null) {
            return;
        }
        try {
            if (records() % MOST_RECORDS == 0) {
                open();
            }
            call.writeTo(out, dollars, book.version());
            out.writeRaw('\n');
        } catch (IOException e) {
            throw cannotWrite(folder, e);
        }
    }

    private static StoreException cannotWrite(Path folder, IOException e) {
        return new StoreException("the records cannot be written into " + folder + ", so nothing was stored: " + Reasons.of(e, folder) + "; TMPDIR names another place", e);
    }

    private void open() throws IOException, StoreException {
        close();
        Path file = folder.resolve("recost-" + files.size() + ".jsonl");
        OutputStream bytes = new BufferedOutputStream(Files.newOutputStream(file));
        files.add(file);
        out = JSON.createGenerator(bytes);
        out.setRootValueSeparator(null);
    }

    /** Ends the last file. */
    @Override
    public void close() throws StoreException {
        if (out != null) {
            try {
                out.close();
            } catch (IOException e) {
                throw cannotWrite(folder, e);
            }
            out = null;
        }
    }

    /** The files, each complete once this is closed. */
    List<Path> files() {
        return files;
    }

    /** All calls. */
    long looked() {
        return looked;
    }

    /** Those that get another cost. */
    long records() {
        return priced + changed;
    }

    /** Those that had none. */
    long priced() {
        return priced;
    }

    BigDecimal pricedUsd() {
        return pricedUsd;
    }

    /** Those that had one by older prices. */
    long changed() {
        return changed;
    }

    BigDecimal beforeUsd() {
        return beforeUsd;
    }

    BigDecimal afterUsd() {
        return afterUsd;
    }

    /** Those whose cost stays what it is. */
    long same() {
        return same;
    }

    /** Those whose cost is somebody's own figure. */
    long reported() {
        return reported;
    }

    /** Those that have a cost by newer prices. */
    long newer() {
        return newer;
    }

    /** Those whose cost is another one by prices of the same version. */
    long edited() {
        return edited;
    }

    Lacking lacking() {
        return lacking;
    }
}
