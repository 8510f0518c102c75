import java.io.FileOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Ends of a Java virtual machine. usage: java Jvm heap|metaspace|direct|stack|fill … */
public final class Jvm {
    public static void main(String[] args) throws Exception {
        List<Object> kept = new ArrayList<>();
        switch (args[0]) {
            case "heap" -> {
                while (true) {
                    kept.add(new byte[1 << 20]);
                }
            }
            case "metaspace" -> {
                byte[] self = Jvm.class.getResourceAsStream("Jvm.class").readAllBytes();
                while (true) {
                    kept.add(new Loader().define(self));
                }
            }
            case "direct" -> {
                while (true) {
                    kept.add(ByteBuffer.allocateDirect(1 << 19));
                }
            }
            case "stack" -> System.out.println(deeper(0));
            case "fill" -> {
                try (var out = new FileOutputStream(args[1])) {
                    while (true) {
                        out.write(new byte[1 << 16]);
                    }
                }
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }

    private static final class Loader extends ClassLoader {
        Class<?> define(byte[] bytes) {
            return defineClass("Jvm", bytes, 0, bytes.length);
        }
    }
}
