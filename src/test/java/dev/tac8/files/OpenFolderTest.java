package dev.tac8.files;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFolderTest {
    private static final int STRANGER = 54321;
    @TempDir
    private Path dir;

    @Test
    void aFolderOrLinkOfAnotherUserIsRefusedAndOnesOwnLinkIsNot() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("archive"));
        Path link = Files.createSymbolicLink(dir.resolve("events"), folder);
        assertThatCode(() -> OpenFolder.checkOwner(folder)).doesNotThrowAnyException();
        assertThatCode(() -> OpenFolder.checkOwner(link)).doesNotThrowAnyException();

        assumeTrue(Files.getAttribute(dir, "unix:uid").equals(0), "only root can give a file away");
        Files.setAttribute(link, "unix:uid", STRANGER, LinkOption.NOFOLLOW_LINKS);
        assertThatThrownBy(() -> OpenFolder.checkOwner(link)).isInstanceOf(UntrustedException.class).hasMessageContaining(link + " is a link that leads");
        Files.setAttribute(folder, "unix:uid", STRANGER);
        assertThatThrownBy(() -> OpenFolder.checkOwner(folder)).isInstanceOf(UntrustedException.class)
                .hasMessageContaining(folder + " is another user's folder");
    }
}
