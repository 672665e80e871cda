import pg from 'pg';

/** One row of what was metered of the calls of an AI agent's model; the model is empty where none answered. */
export interface UsageFigures {
  readonly model: string;
  readonly requestCount: number;
  readonly errorCount: number;
  readonly partialCount: number;
  readonly unknownCount: number;
  readonly limitedCount: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly errorsRateLimited: number;
  readonly errorsProviderError: number;
  readonly errorsCut: number;
}

export async function usageByModel(databaseUrl: string): Promise<UsageFigures[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<UsageFigures>(
      `SELECT model, sum(request_count)::float8 "requestCount", sum(error_count)::float8 "errorCount",
        sum(partial_count)::float8 "partialCount", sum(unknown_count)::float8 "unknownCount",
        sum(limited_count)::float8 "limitedCount", sum(input_tokens)::float8 "inputTokens",
        sum(output_tokens)::float8 "outputTokens", sum(errors_rate_limited)::float8 "errorsRateLimited",
        sum(errors_provider_error)::float8 "errorsProviderError", sum(errors_cut)::float8 "errorsCut"
       FROM usage_daily GROUP BY model ORDER BY model`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
