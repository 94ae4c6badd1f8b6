package cordwood.loglet;

/**
 * One life of a node: its number, and which of its restarts this is.
 *
 * @param node the node's number, unsigned
 * @param generation rises with each start of the node, unsigned
 */
public record NodeId(int node, int generation) {

    @Override
    public String toString() {
        return "N" + Integer.toUnsignedString(node) + ":" + Integer.toUnsignedString(generation);
    }
}
