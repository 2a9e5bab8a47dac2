package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.CachedExpressionEvaluator;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * Evaluates the SpEL expressions that Spring's interceptor does not evaluate:
 * {@code unless} of a read, and the keys of {@code evicts}. They see what expressions in
 * Spring's cache annotations see.
 */
class OperationExpressions extends CachedExpressionEvaluator {

	private final Map<ExpressionKey, Expression> expressions = new ConcurrentHashMap<>(64);

	private final StandardEvaluationContext shared = new StandardEvaluationContext();

	OperationExpressions(BeanFactory beanFactory) {
		this.shared.setBeanResolver(new BeanFactoryResolver(beanFactory));
	}

	/**
	 * Evaluate a condition.
	 * @param expression the expression
	 * @param root the invocation
	 * @param result the result of the method
	 * @return whether the expression is {@code true}
	 */
	boolean evaluateCondition(String expression, OperationExpressionRoot root, @Nullable Object result) {
		return Boolean.TRUE.equals(evaluate(expression, root, result, Boolean.class));
	}

	/**
	 * Evaluate a key.
	 * @param expression the expression
	 * @param root the invocation
	 * @param result the result of the method
	 * @return the key, if any
	 */
	@Nullable Object evaluateKey(String expression, OperationExpressionRoot root, @Nullable Object result) {
		return evaluate(expression, root, result, Object.class);
	}

	private <T> @Nullable T evaluate(String expression, OperationExpressionRoot root, @Nullable Object result,
			Class<T> type) {
		Method method = root.findTargetMethod();
		MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(root, method, root.args(),
				getParameterNameDiscoverer());
		this.shared.applyDelegatesTo(context);
		context.setVariable("result", result);
		AnnotatedElementKey element = new AnnotatedElementKey(method, root.targetClass());
		return getExpression(this.expressions, element, expression).getValue(context, type);
	}

}
