package cordwood.store;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the known name that somebody who typed an unknown one most likely meant. */
public final class NearestName {

    private NearestName() {}

    /**
     * The known name with the fewest typing slips between it and {@code typed} (a character added,
     * left out, replaced, or swapped with its neighbour), the first of several in natural order;
     * null when even that one differs in more than a third of its characters plus one.
     */
    public static @Nullable String of(String typed, Collection<String> known) {
        String nearest = null;
        int fewestSlips = Integer.MAX_VALUE;
        for (String name : known.stream().sorted().toList()) {
            int slips = slips(typed, name);
            if (slips < fewestSlips && slips <= name.length() / 3 + 1) {
                fewestSlips = slips;
                nearest = name;
            }
        }
        return nearest;
    }

    /** A sentence part to end a refusal with: the nearest name, else all known names. */
    public static String hint(String typed, Collection<String> known) {
        String nearest = of(typed, known);
        if (nearest != null) {
            return "did you mean '" + nearest + "'?";
        }
        if (known.isEmpty()) {
            return "there are none";
        }
        return "known are: " + String.join(", ", known.stream().sorted().toList());
    }

    /** Edit distance with swaps of neighbours (optimal string alignment). */
    private static int slips(String a, String b) {
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = slips[i - 1][j - 1] + (same ? 0 : 1);
                best = Math.min(best, slips[i - 1][j] + 1);
                best = Math.min(best, slips[i][j - 1] + 1);
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    best = Math.min(best, slips[i - 2][j - 2] + 1);
                }
                slips[i][j] = best;
            }
        }
        return slips[a.length()][b.length()];
    }
}
