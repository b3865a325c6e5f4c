package dev.tac8.service;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.Main;

/**
 * Camel as tac8's settings say and nobody else: by itself it would prefer environment variables and system properties to what it is
 * given, and read files that they name.
 */
final class RoutesMain extends Main {
    private final Properties settings;
    private final Path spool;

    /** @param settings all there are, Camel's own included */
    RoutesMain(Properties settings, Path spool) {
        this.settings = settings;
        this.spool = spool;
        configure().withAutoConfigurationEnvironmentVariablesEnabled(false).withAutoConfigurationSystemPropertiesEnabled(false);
    }

    @Override
    protected CamelContext createCamelContext() {
        CamelContext context = super.createCamelContext();
        context.setPropertiesComponent(new OwnProperties());
        context.addComponent("spool", SpoolComponent.of(spool));
        context.addComponent("file", SpoolComponent.ofOtherFolders(spool));
        return context;
    }

    @Override
    protected void configurePropertiesService(CamelContext context) {
        context.getPropertiesComponent().setOverrideProperties(settings);
    }

    /** Placeholders, which no setting of Camel can open to the environment again. */
    private static final class OwnProperties extends PropertiesComponent {
        @Override
        public int getEnvironmentVariableMode() {
            return ENVIRONMENT_VARIABLES_MODE_NEVER;
        }

        @Override
        public int getSystemPropertiesMode() {
            return SYSTEM_PROPERTIES_MODE_NEVER;
        }
    }
}
