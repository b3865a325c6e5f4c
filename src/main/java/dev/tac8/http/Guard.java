package dev.tac8.http;

import com.sun.net.httpserver.Headers;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Says which requests are answered. Other users of this computer may ask, unless there is a token; pages of other sites may not, though a browser here sends
 * what they like: Host tells a name that was led here, Origin and Sec-Fetch-Site the page. A link to here may be followed.
 */
final class Guard {
    private static final int MOST_QUERY = 8192;

    private final String token;
    /** What a Host header may say; null if anything, because the token tells friend from foe. */
    private final Set<String> hosts;

    Guard(Settings settings) {
        int port = settings.number(Setting.HTTP_PORT);
        token = settings.text(Setting.HTTP_TOKEN);
        hosts = settings.isLocalHttp() ? Set.copyOf(List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port, settings.text(Setting.HTTP_HOST) + ":" + port)) : null;
    }

    /** Why a request is not answered, or null. */
    Answer refusal(String method, URI target, Headers headers) {
        String host = first(headers, "Host").toLowerCase(Locale.ROOT);
        if (!token.isEmpty() && !isTokenRight(first(headers, "Authorization"))) {
            return Answer.of(401, "the header Authorization must say: Bearer, and the secret of tac8.http.token; a browser asks for a name, which may be any, and for"
                    + " the secret as its password").with("WWW-Authenticate", "Basic realm=\"tac8\"");
        }
        if (hosts != null && !hosts.contains(host)) {
            return Answer.of(403, "ask for 127.0.0.1 or localhost, and the port");
        }
        if (isOfAnotherPage(headers, host)) {
            return Answer.of(403, "pages of others are not answered");
        }
        if (!Set.of("GET", "HEAD").contains(method)) {
            return Answer.of(405, "only GET and HEAD are answered").with("Allow", "GET, HEAD");
        }
        String path = target.getRawPath();
        String query = target.getRawQuery();
        if (path == null || !target.toString().equals(query == null ? path : path + "?" + query) || !target.toString().matches("/[\\x21-\\x7e]*")) {
            // What java.net.URI takes apart otherwise than it seems: a host after //, a fragment, letters that are no ASCII.
            return Answer.of(400, "ask for a path that begins with one /, in ASCII, the rest of it percent-encoded");
        }
        if (query != null && query.length() > MOST_QUERY) {
            return Answer.of(414, "a query has at most " + MOST_QUERY + " characters");
        }
        return query == null || isUtf8(query) ? null : Answer.of(400, "the query is no percent-encoded UTF-8");
    }

    private static String first(Headers headers, String name) {
        String value = headers.getFirst(name);
        return value == null ? "" : value;
    }

    private boolean isTokenRight(String authorization) {
        String[] words = authorization.trim().split(" +", 2);
        if (words.length < 2) {
            return false;
        }
        byte[] said = words[1].getBytes(StandardCharsets.UTF_8);
        if (words[0].equalsIgnoreCase("Basic")) {
            try {
                String nameAndPassword = new String(Base64.getDecoder().decode(words[1]), StandardCharsets.UTF_8);
                said = nameAndPassword.substring(nameAndPassword.indexOf(':') + 1).getBytes(StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return false;
            }
        } else if (!words[0].equalsIgnoreCase("Bearer")) {
            return false;
        }
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), said);
    }

    private static boolean isOfAnotherPage(Headers headers, String host) {
        String origin = headers.getFirst("Origin");
        boolean isElsewhere = Set.of("cross-site", "same-site").contains(first(headers, "Sec-Fetch-Site"));
        boolean isLink = first(headers, "Sec-Fetch-Mode").equals("navigate") && first(headers, "Sec-Fetch-Dest").equals("document");
        return origin != null && !origin.equalsIgnoreCase("http://" + host) || isElsewhere && !isLink;
    }

    private static boolean isUtf8(String query) {
        ByteBuffer bytes = ByteBuffer.allocate(query.length());
        for (int i = 0; i < query.length(); i++) {
            if (query.charAt(i) == '%') {
                // That two digits follow, java.net.URI has seen to.
                bytes.put((byte) Integer.parseInt(query, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.put((byte) query.charAt(i));
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
