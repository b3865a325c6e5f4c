package dev.tac8.observe;

/**
 * What a check has found.
 *
 * @param isWell   whether nobody need do anything
 * @param sentence what was found, and if it is not well, what to do
 */
record Finding(boolean isWell, String sentence) {
    static Finding well(String sentence) {
        return new Finding(true, sentence);
    }

    static Finding trouble(String sentence) {
        return new Finding(false, sentence);
    }
}
