import java.util.concurrent.CyclicBarrier;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Misused transactions. usage: java Tx ACT JDBC-URL */
public final class Tx {
    private final DriverManagerDataSource source;
    private final DataSourceTransactionManager manager;
    private final JdbcTemplate sql;

    private Tx(String url) {
        source = new DriverManagerDataSource(url);
        manager = new DataSourceTransactionManager(source);
        sql = new JdbcTemplate(source);
    }

    public static void main(String[] args) throws Exception {
        new Tx(args[1]).run(args[0]);
    }

    private TransactionTemplate with(int propagation) {
        var template = new TransactionTemplate(manager);
        template.setPropagationBehavior(propagation);
        return template;
    }

    private void in(TransactionTemplate template, Runnable work) {
        template.execute(status -> {
            work.run();
            return null;
        });
    }

    private void run(String act) throws Exception {
        var required = with(TransactionDefinition.PROPAGATION_REQUIRED);
        switch (act) {
            case "mandatory" -> in(with(TransactionDefinition.PROPAGATION_MANDATORY), () -> {});
            case "mandatory-none" -> in(required, () -> {});
            case "never" -> in(required, () -> in(with(TransactionDefinition.PROPAGATION_NEVER), () -> {}));
            case "rollback-only" -> in(required, () -> {
                try {
                    in(with(TransactionDefinition.PROPAGATION_REQUIRED), () -> {
                        throw new IllegalStateException("inner");
                    });
                } catch (IllegalStateException swallowed) {
                    // As applications do: the outer commit then fails.
                }
            });
            case "timeout" -> {
                required.setTimeout(1);
                in(required, () -> {
                    sleep(1500);
                    sql.execute("select 1");
                });
            }
            case "no-status" -> TransactionAspectSupport.currentTransactionStatus();
            case "completed" -> {
                TransactionStatus status = manager.getTransaction(required);
                manager.commit(status);
                manager.commit(status);
            }
            case "bound" -> {
                TransactionSynchronizationManager.bindResource(source, "one");
                TransactionSynchronizationManager.bindResource(source, "two");
            }
            case "read-only" -> {
                required.setReadOnly(true);
                manager.setEnforceReadOnly(true);
                in(required, () -> sql.update("insert into stock values (9, 9)"));
            }
            case "duplicate" -> in(required, () -> sql.update("insert into stock values (1, 1)"));
            case "aborted" -> in(required, () -> {
                try {
                    sql.execute("select 1/0");
                } catch (org.springframework.dao.DataAccessException swallowed) {
                    // The next statement is the one to look at.
                }
                sql.execute("select 2");
            });
            case "lost" -> in(required, () -> {
                try {
                    sql.execute("select pg_terminate_backend(pg_backend_pid())");
                } catch (org.springframework.dao.DataAccessException swallowed) {
                    // The commit is the one to look at.
                }
            });
            case "no-manager" -> new DefaultListableBeanFactory().getBean(PlatformTransactionManager.class);
            case "two-managers" -> {
                var beans = new DefaultListableBeanFactory();
                beans.registerSingleton("ordersTransactionManager", manager);
                beans.registerSingleton("stockTransactionManager", new DataSourceTransactionManager(source));
                beans.getBean(PlatformTransactionManager.class);
            }
            case "proxy" -> {
                var beans = new DefaultListableBeanFactory();
                var factory = new ProxyFactory(new Orders());
                beans.registerSingleton("orders", factory.getProxy());
                beans.registerBeanDefinition("unused", new RootBeanDefinition(Object.class));
                beans.getBean("orders", Orders.class);
            }
            case "deadlock" -> twice((barrier, first) -> in(with(0), () -> {
                sql.update("update stock set amount = amount where id = ?", first ? 1 : 2);
                await(barrier);
                sql.update("update stock set amount = amount where id = ?", first ? 2 : 1);
            }));
            case "lock-wait" -> twice((barrier, first) -> in(with(0), () -> {
                if (first) {
                    sql.update("update stock set amount = amount where id = 1");
                    await(barrier);
                    sleep(2000);
                } else {
                    await(barrier);
                    sql.execute("set local lock_timeout = '200ms'");
                    sql.update("update stock set amount = amount where id = 1");
                }
            }));
            default -> throw new IllegalArgumentException(act);
        }
    }

    private interface Work {
        void run(CyclicBarrier barrier, boolean first);
    }

    private void twice(Work work) throws Exception {
        var barrier = new CyclicBarrier(2);
        var other = new Thread(() -> work.run(barrier, true), "worker");
        other.start();
        work.run(barrier, false);
        other.join();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public interface Service {
        void place();
    }

    public static final class Orders implements Service {
        @Override
        public void place() {
            // Nothing to do: only its proxy is looked at.
        }
    }
}
