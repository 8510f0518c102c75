import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;

/** SQL as JDBC drivers and pools tell of it. usage: java Sql plain|hikari|dbcp2 URL SQL-OR-ACT */
public final class Sql {
    public static void main(String[] args) throws Exception {
        String url = args[1];
        String act = args[2];
        switch (args[0]) {
            case "plain" -> plain(url, act);
            case "hikari" -> hikari(url, act);
            case "dbcp2" -> exhaust(dbcp2(url));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void plain(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            var statement = connection.createStatement();
            if (sql.startsWith("then: ")) {
                String[] both = sql.substring(6).split("; ");
                connection.setAutoCommit(false);
                try {
                    statement.execute(both[0]);
                } catch (SQLException expected) {
                    // The next statement is the one to look at.
                }
                statement.execute(both[1]);
            } else if (sql.equals("big:")) {
                statement.execute("select length('" + "x".repeat(1 << 21) + "')");
            } else {
                statement.execute(sql);
            }
        }
    }

    private static void hikari(String url, String act) throws Exception {
        var config = new com.zaxxer.hikari.HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(1000);
        if (act.equals("leak")) {
            config.setLeakDetectionThreshold(2000);
        }
        var pool = new com.zaxxer.hikari.HikariDataSource(config);
        switch (act) {
            case "leak" -> {
                pool.getConnection();
                Thread.sleep(3500);
                System.exit(0);
            }
            case "closed" -> {
                pool.close();
                pool.getConnection();
            }
            default -> exhaust(pool);
        }
    }

    private static DataSource dbcp2(String url) {
        var pool = new org.apache.commons.dbcp2.BasicDataSource();
        pool.setUrl(url);
        pool.setMaxTotal(1);
        pool.setMaxWaitMillis(1000);
        return pool;
    }

    private static void exhaust(DataSource pool) throws SQLException {
        pool.getConnection();
        pool.getConnection();
    }
}
