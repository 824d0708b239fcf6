"""Apache Spark as anybody starts it, with Delta's own jar: reads versions of tables into Parquet.

Run as a program: it gets a JSON list of tables on standard input and knows nothing of the platform.
"""

import json
import os
import sys

import pyarrow.parquet as pq
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession

SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def main() -> None:
    """Write each table at its version where the list says."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = configure_spark_with_delta_pip(builder).getOrCreate()
    for wanted in json.load(sys.stdin):
        reader = spark.read.format("delta").option("versionAsOf", wanted["version"])
        pq.write_table(reader.load(wanted["path"]).toArrow(), wanted["into"])
    spark.stop()


if __name__ == "__main__":
    main()
