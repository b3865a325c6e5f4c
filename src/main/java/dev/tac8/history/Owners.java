package dev.tac8.history;

/**
 * Which calls have been told so far, and whose they are, in some 24 bytes a call: what files tell later of the same calls is no other call. A call is known by
 * 64 bits of its id; that two of a million are taken for one is less likely than one in ten millions, and would only be a wrong count of new calls.
 */
final class Owners {
    private static final int FIRST_SIZE = 1 << 10;
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final int HIGH_BITS = 32;

    private long[] keys = new long[FIRST_SIZE];
    private Session[] owners = new Session[FIRST_SIZE];
    private int count;

    /**
     * Takes a call.
     *
     * @return the session whose own lines begin first, of all that have been told of it before; null if it has not been told before
     */
    Session put(String id, Session session) {
        if (count > keys.length / 2) {
            grow();
        }
        long key = hash(id);
        int at = find(key);
        Session former = owners[at];
        if (former == null) {
            keys[at] = key;
            count++;
        }
        if (former == null || !former.owns(session)) {
            owners[at] = session;
        }
        return former;
    }

    /** How many calls there are. */
    int count() {
        return count;
    }

    private int find(long key) {
        int mask = keys.length - 1;
        int at = (int) (key ^ key >>> HIGH_BITS) & mask;
        while (owners[at] != null && keys[at] != key) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] formerKeys = keys;
        Session[] formerOwners = owners;
        keys = new long[2 * formerKeys.length];
        owners = new Session[keys.length];
        for (int i = 0; i < formerKeys.length; i++) {
            if (formerOwners[i] != null) {
                int at = find(formerKeys[i]);
                keys[at] = formerKeys[i];
                owners[at] = formerOwners[i];
            }
        }
    }

    private static long hash(String id) {
        long hash = BASIS;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * PRIME;
        }
        return hash;
    }
}
