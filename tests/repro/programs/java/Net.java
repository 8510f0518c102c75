import java.io.FileInputStream;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Faults as the JDK tells of them. usage: java Net url|http|connect|listen|files|lookup|keystore … */
public final class Net {
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "url" -> url(args[1]);
            case "http" -> http(args[1]);
            case "connect" -> connect(args[1], Integer.parseInt(args[2]));
            case "listen" -> listen(Integer.parseInt(args[1]));
            case "files" -> files(args[1], Integer.parseInt(args[2]));
            case "lookup" -> System.out.println(InetAddress.getByName(args[1]));
            case "keystore" -> keystore(args[1], args[2], args[3]);
            case "write" -> lateWrite(args[1], Integer.parseInt(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void url(String url) throws Exception {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(10_000);
        connection.setReadTimeout(2_000);
        try (InputStream in = connection.getInputStream()) {
            System.out.println(new String(in.readNBytes(80)));
        }
    }

    private static void http(String url) throws Exception {
        var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(4)).build();
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(6)).build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode());
    }

    private static void connect(String host, int port) throws Exception {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 2_000);
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write("hello\n".getBytes());
            System.out.println(socket.getInputStream().read());
        }
    }

    private static void listen(int port) throws Exception {
        try (var first = new ServerSocket(port); var second = new ServerSocket(port)) {
            System.out.println(first + " " + second);
        }
    }

    private static void files(String host, int port) throws Exception {
        List<Socket> kept = new ArrayList<>();
        while (true) {
            kept.add(new Socket(host, port));
        }
    }

    private static void lateWrite(String host, int port) throws Exception {
        try (var socket = new Socket(host, port)) {
            while (true) {
                Thread.sleep(200);
                socket.getOutputStream().write("hello\n".getBytes());
            }
        }
    }

    private static void keystore(String type, String file, String password) throws Exception {
        try (var in = new FileInputStream(file)) {
            KeyStore.getInstance(type).load(in, password.toCharArray());
        }
    }
}
