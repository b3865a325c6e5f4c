package dev.tac8.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\": \"a\"}", "{\"keep_days\": 90}", "{\"id\": \"../a\", \"keep_days\": 90}", "{\"id\": \"a\", \"keep_days\": -1}"})
    void refusesWhatWasMadeByHandAndIsNoRequest(String text) {
        assertThatThrownBy(() -> json.readValue(text, Request.class)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void isWanted() throws JsonProcessingException {
        assertThat(json.readValue("{\"id\": \"a\", \"keep_days\": 0, \"later\": 1}", Request.class)).isEqualTo(new Request("a", 0, false, true));
    }
}
