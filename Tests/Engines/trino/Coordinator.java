import io.trino.server.testing.TestingTrinoServer;

/** One node of Trino, coordinator and worker, on a free port of this machine. Prints its address, and ends with its input. */
public class Coordinator {
    public static void main(String[] arguments) throws Exception {
        try (TestingTrinoServer server = TestingTrinoServer.create()) {
            System.out.println("address " + server.getBaseUrl());
            while (System.in.read() >= 0) { }
        }
        System.exit(0);
    }
}
