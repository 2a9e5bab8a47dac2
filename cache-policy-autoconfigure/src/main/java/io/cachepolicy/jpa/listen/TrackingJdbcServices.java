package io.cachepolicy.jpa.listen;

import java.sql.PreparedStatement;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.hibernate.engine.jdbc.internal.JdbcServicesImpl;
import org.hibernate.query.sqm.internal.SqmJdbcExecutionContextAdapter;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.sql.exec.internal.JdbcSelectExecutorStandardImpl;
import org.hibernate.sql.exec.internal.StandardJdbcMutationExecutor;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcMutationExecutor;
import org.hibernate.sql.exec.spi.JdbcOperationQueryMutation;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.hibernate.sql.exec.spi.JdbcSelect;
import org.hibernate.sql.exec.spi.JdbcSelectExecutor;
import org.hibernate.sql.results.spi.ResultsConsumer;
import org.hibernate.sql.results.spi.RowTransformer;

/**
 * Hibernate's own services, which tell of statements.
 */
final class TrackingJdbcServices extends JdbcServicesImpl implements StatementEvents.Source {

	private static final long serialVersionUID = 1L;

	private final transient StatementEvents statements = new StatementEvents();

	private final transient JdbcMutationExecutor mutations = new Mutations(this.statements);

	private final transient JdbcSelectExecutor selects = new Selects(this.statements);

	TrackingJdbcServices(ServiceRegistryImplementor registry) {
		super(registry);
	}

	@Override
	public StatementEvents statements() {
		return this.statements;
	}

	@Override
	public JdbcMutationExecutor getJdbcMutationExecutor() {
		return this.mutations;
	}

	@Override
	public JdbcSelectExecutor getJdbcSelectExecutor() {
		return this.selects;
	}

	/**
	 * Executes statements that change rows. What fails may have changed some.
	 */
	private static final class Mutations extends StandardJdbcMutationExecutor {

		private final StatementEvents statements;

		Mutations(StatementEvents statements) {
			this.statements = statements;
		}

		@Override
		public int execute(JdbcOperationQueryMutation operation, JdbcParameterBindings bindings,
				Function<String, PreparedStatement> creator, BiConsumer<Integer, PreparedStatement> check,
				ExecutionContext context) {
			this.statements.mutating(context.getSession(), operation.getSqlString(), operation.getAffectedTableNames());
			try {
				return super.execute(operation, bindings, creator, check, context);
			}
			finally {
				this.statements.mutated(context.getSession(), operation.getSqlString(),
						operation.getAffectedTableNames());
			}
		}

	}

	/**
	 * Executes queries.
	 */
	private static final class Selects extends JdbcSelectExecutorStandardImpl {

		private final StatementEvents statements;

		Selects(StatementEvents statements) {
			this.statements = statements;
		}

		@Override
		public <T, R> T executeQuery(JdbcSelect select, JdbcParameterBindings bindings, ExecutionContext context,
				RowTransformer<R> transformer, Class<R> domainResultType, int resultCountEstimate,
				StatementCreator creator, ResultsConsumer<T, R> consumer) {
			if (context instanceof SqmJdbcExecutionContextAdapter) {
				// Not what loads an instance or a collection
				this.statements.selecting(context.getSession(), select.getSqlString());
			}
			try {
				return super.executeQuery(select, bindings, context, transformer, domainResultType, resultCountEstimate,
						creator, consumer);
			}
			finally {
				this.statements.selected(context.getSession(), select.getSqlString());
			}
		}

	}

}
