package dev.tac8.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Jackson's parser, which passes over text that is not wanted eight bytes at a time: nearly all of an agent's file is what a tool has said, which nobody wants. What is
 * not plain is left to Jackson, so that all that it refuses is refused.
 */
final class QuickParser extends UTF8StreamJsonParser {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BUFFER_BYTES = 1 << 16;
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x80 * EACH;
    private static final int UNICODE_ESCAPE = 6;
    private static final int HEXADECIMAL = 16;

    private QuickParser(IOContext context, int features, InputStream in, ByteQuadsCanonicalizer names) {
        super(context, features, in, null, names, new byte[BUFFER_BYTES], 0, 0, 0, false);
    }

    /** Makes such parsers, of input that is in UTF-8 and begins with no byte order mark, and Jackson's own. */
    static final class Factory extends JsonFactory {
        private static final long serialVersionUID = 1L;

        /** @param mostCharacters of text that is wanted */
        Factory(int mostCharacters) {
            super(new JsonFactoryBuilder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(mostCharacters).build()));
        }

        JsonParser createQuickParser(InputStream in) {
            return new QuickParser(_createContext(_createContentReference(in), false), _parserFeatures, in, _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures));
        }
    }

    @Override
    protected void _skipString() throws IOException {
        while (true) {
            int special = special(_inputBuffer, _inputPtr, _inputEnd);
            int behind = special == _inputEnd ? special : behind(_inputBuffer, special, _inputEnd);
            if (behind == special && special < _inputEnd) {
                // The end of the text, or what only Jackson knows whether it is right.
                _inputPtr = special;
                super._skipString();
                return;
            }
            _inputPtr = behind;
            if (behind == _inputEnd) {
                _loadMoreGuaranteed();
            }
        }
    }

    /** Where the next byte is that is no plain character. */
    private static int special(byte[] bytes, int from, int end) {
        int at = from;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long word = (long) LONGS.get(bytes, at);
            // In each byte the highest bit is set if it is not ASCII, below a blank, a quotation mark or a backslash. A borrow can only set one more behind such a byte.
            long found = (word | word - ' ' * EACH | (word ^ '"' * EACH) - EACH | (word ^ '\\' * EACH) - EACH) & HIGHEST_BITS;
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < end && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** Where a character or an escape ends that is well-formed and in the buffer; where it begins, if it is neither. */
    private static int behind(byte[] bytes, int at, int end) {
        int first = bytes[at];
        if (first == '\\') {
            switch (at + 1 < end ? bytes[at + 1] : 0) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
                    return at + 2;
                case 'u':
                    return isHex(bytes, at + 2, end) ? at + UNICODE_ESCAPE : at;
                default:
                    return at;
            }
        }
        int length = first >= 0 ? 0 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : (first & 0xF8) == 0xF0 ? 4 : 0;
        if (at + length > end) {
            return at;
        }
        for (int i = 1; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return at;
            }
        }
        return at + length;
    }

    private static boolean isHex(byte[] bytes, int from, int end) {
        int to = from + UNICODE_ESCAPE - 2;
        boolean isHex = to <= end;
        for (int i = from; isHex && i < to; i++) {
            isHex = Character.digit(bytes[i], HEXADECIMAL) >= 0;
        }
        return isHex;
    }
}
