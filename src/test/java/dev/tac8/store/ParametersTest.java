package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParametersTest {
    @Test
    void aNameHasOneNumberInQuestionsAndRoutesAlikeAndNoneInTextsAndComments() {
        Parameters found = Parameters.of("-- it's :#a\nSELECT ':b', :#c, \"it's :d\", :#${variable.e[f]}, :c, :#g -- :h\nWHERE :#${variable.e[f]}");

        assertThat(found.sql()).isEqualTo("-- it's :#a\nSELECT ':b', ?1, \"it's :d\", ?2, ?1, ?3 -- :h\nWHERE ?2");
        assertThat(found.names()).containsExactly("c", "${variable.e[f]}", "g");
    }
}
