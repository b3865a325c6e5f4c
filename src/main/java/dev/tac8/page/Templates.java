package dev.tac8.page;

import dev.tac8.generation.Build;
import dev.tac8.query.Sheet;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

/** The templates of {@code src/main/jte}, which were compiled with tac8: whatever is written in them as {@code ${...}} is text there, and never markup. */
final class Templates {
    private static final List<String> ASSETS = List.of("page.css", "page.js");
    private static final DateTimeFormatter ASKED = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private final TemplateEngine engine = TemplateEngine.createPrecompiled(ContentType.Html);
    private final String version = version();

    /** The whole page of a view. */
    String page(Request request, Shown shown) {
        Map<String, Object> model = shown.model();
        model.put("request", request);
        model.put("title", shown.title());
        if (shown.answered() != null) {
            model.computeIfAbsent("sheet", absent -> Sheet.of(shown.answered(), request.zone()));
        }
        StringOutput main = new StringOutput();
        engine.render(shown.template() + ".jte", model, main);
        StringOutput page = new StringOutput();
        engine.render("layout.jte", Map.of("request", request, "title", shown.title(), "version", version, "build", Build.id(), "asked", ASKED.format(request.now().atZone(request.zone())),
                "content", (gg.jte.Content) output -> output.writeContent(main.toString())), page);
        return page.toString();
    }

    /** Another one for each build: browsers keep what the page is made of for ever. */
    private static String version() {
        CRC32 sum = new CRC32();
        for (String asset : ASSETS) {
            try (InputStream in = Templates.class.getResourceAsStream(asset)) {
                sum.update(in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Long.toHexString(sum.getValue());
    }
}
