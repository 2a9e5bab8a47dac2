package io.cachepolicy.actuate;

import io.cachepolicy.spi.SpanReference;
import io.cachepolicy.text.FailureText;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;

/**
 * Links the span of a flush to the spans in which its writes were made. To be asked
 * before the handler that it extends.
 */
public final class FlushTracingHandler extends DefaultTracingObservationHandler {

	/**
	 * Create a handler.
	 * @param tracer makes the spans
	 */
	public FlushTracingHandler(Tracer tracer) {
		super(tracer);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof FlushObservationContext;
	}

	@Override
	public void onStart(Observation.Context context) {
		Span.Builder builder = getTracer().spanBuilder();
		((FlushObservationContext) context).getWriters().forEach((writer) -> link(builder, writer));
		Span parent = getParentSpan(context);
		Span span = ((parent != null) ? builder.setParent(parent.context()) : builder).start();
		getTracingContext(context).setSpan(span);
	}

	@Override
	public void onError(Observation.Context context) {
		Throwable error = context.getError();
		if (error != null) {
			getRequiredSpan(context).error(FailureText.withoutMessages(error));
		}
	}

	private void link(Span.Builder builder, SpanReference writer) {
		builder.addLink(new Link(getTracer().traceContextBuilder()
			.traceId(writer.traceId())
			.spanId(writer.spanId())
			.sampled(writer.sampled())
			.build()));
	}

}
